import Foundation
import PackagePlugin

/// Embeds every `.sql` file below the target's `SQL` folder as a string literal in one generated Swift file.
///
/// The list of files is part of the command, so an added or removed file runs the tool again just as an edited one does.
@main struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let module = target as? any SourceModuleTarget else { return [] }
    let root = module.directoryURL.appending(path: "SQL", directoryHint: .isDirectory)
    let paths = sqlPaths(below: root)
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSQL.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(paths.count) SQL files into \(target.name)",
        executable: try context.tool(named: "embed-sql").url,
        arguments: [output.path(percentEncoded: false), root.path(percentEncoded: false)] + paths,
        inputFiles: paths.map { root.appending(path: $0) },
        outputFiles: [output])
    ]
  }

  /// Paths relative to `root`, sorted; empty when there is no such folder.
  private func sqlPaths(below root: URL) -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: root.path(percentEncoded: false)) else { return [] }
    return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".sql") }.sorted()
  }
}
