// swift-tools-version: 6.2
import PackageDescription

/// Every target is built with the same strict settings; what they forbid, no target needs.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let instrumentation = Target.Dependency.product(name: "Instrumentation", package: "swift-distributed-tracing")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// A library target. A target imports only from the rows above its own (docs/contributors/architecture.md).
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Tests that need no server.
func unitTests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

/// Tests that boot private servers through `PostgresTesting`.
func liveTests(_ area: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(area)LiveTests",
    dependencies: ["PostgresTesting", "PostgresClient"] + dependencies,
    path: "Tests/Live/\(area)LiveTests",
    swiftSettings: strict)
}

let package = Package(
  name: "trunkline",
  products: [
    .executable(name: "trunkline", targets: ["trunkline"]),
    .executable(name: "trunkline-torture", targets: ["trunkline-torture"]),
    .library(name: "ShiftedClock", type: .dynamic, targets: ["ShiftedClock"]),
    .library(name: "PostgresClient", targets: ["PostgresClient"]),
    .library(name: "EventQueue", targets: ["EventQueue"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
  ],
  targets: [
    // System
    .systemLibrary(
      name: "CLibPQ", path: "Sources/System/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CEpoll", path: "Sources/System/CEpoll"),

    // Foundations
    library("EventFormats", []),
    .target(name: "DatabaseSchemas", exclude: ["SQL"], swiftSettings: strict, plugins: ["EmbedSQL"]),
    library("ServiceRuntime", [log, lifecycle, signals, configuration, systemPackage]),
    .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["embed-sql"]),
    .executableTarget(name: "embed-sql", path: "Tools/embed-sql", swiftSettings: strict),

    // Infrastructure
    library("PostgresClient", ["CLibPQ", "CEpoll", log]),
    library("SchemaInstaller", ["PostgresClient", "DatabaseSchemas", "ServiceRuntime", log]),
    library("TableStructure", ["PostgresClient", "EventFormats", "ServiceRuntime"]),

    // Queue
    library(
      "EventQueue",
      ["PostgresClient", "EventFormats", "ServiceRuntime", log, lifecycle, metrics, tracing, instrumentation]),
    library(
      "QueueTicker", ["PostgresClient", "EventQueue", "EventFormats", "ServiceRuntime", log, lifecycle, metrics]),
    library("NodeCascade", ["PostgresClient", "EventQueue", "EventFormats", "ServiceRuntime", log, lifecycle]),

    // Data
    library(
      "TableReplication",
      [
        "PostgresClient", "EventQueue", "NodeCascade", "TableStructure", "EventFormats", "ServiceRuntime", log,
        lifecycle, metrics,
      ]),
    library(
      "TableComparison",
      [
        "PostgresClient", "EventQueue", "TableStructure", "EventFormats", "ServiceRuntime", log, lifecycle, metrics,
      ]),

    // Operations
    library("StatusModel", ["PostgresClient", "SchemaInstaller", "DatabaseSchemas", log]),

    library(
      "Telemetry",
      ["CEpoll", "StatusModel", "PostgresClient", "DatabaseSchemas", "ServiceRuntime", log, lifecycle, coreMetrics]),

    // Entry
    library(
      "TrunklineCommands",
      [
        "StatusModel", "Telemetry", coreMetrics,
        "PostgresClient", "SchemaInstaller", "DatabaseSchemas", "TableStructure", "EventQueue", "QueueTicker",
        "NodeCascade", "TableReplication", "TableComparison", "ServiceRuntime", "EventFormats", "PostgresTesting", log,
        lifecycle,
        arguments,
      ]),
    .executableTarget(name: "trunkline", dependencies: ["TrunklineCommands", arguments], swiftSettings: strict),

    // What the benchmarks need in Swift
    .executableTarget(
      name: "trunkline-bench", dependencies: ["EventQueue", "PostgresClient"], path: "Benchmarks/reader",
      swiftSettings: strict),

    // TestSupport: throw-away servers, also used by `trunkline demo` and the benchmarks
    .target(
      name: "PostgresTesting",
      dependencies: ["PostgresClient", "SchemaInstaller", "DatabaseSchemas", log],
      path: "Sources/TestSupport/PostgresTesting",
      swiftSettings: strict),

    // TestSupport: small models whose schedules are all looked at; that takes optimised code
    .target(
      name: "ScheduleExploration", path: "Sources/TestSupport/ScheduleExploration",
      swiftSettings: strict + [.unsafeFlags(["-O"])]),

    // TestSupport: the crash kit
    .target(name: "ShiftedClock", path: "Sources/TestSupport/ShiftedClock"),
    .target(name: "CrashKit", path: "Sources/TestSupport/CrashKit", swiftSettings: strict),
    .executableTarget(
      name: "trunkline-torture",
      dependencies: [
        "CrashKit", "EventQueue", "PostgresClient", "PostgresTesting", "SchemaInstaller", "ServiceRuntime", log,
        lifecycle,
        arguments,
      ],
      path: "Sources/TestSupport/trunkline-torture", swiftSettings: strict),

    // Tests
    unitTests("CrashKit", []),
    unitTests("ScheduleExploration", []),
    unitTests("EventFormats", []),
    unitTests("DatabaseSchemas", []),
    unitTests("ServiceRuntime", [log]),
    unitTests("PostgresClient", []),
    unitTests("QueueTicker", ["EventFormats"]),
    unitTests("EventQueue", ["EventFormats", "PostgresClient"]),
    unitTests("StatusModel", ["TrunklineCommands", arguments]),
    unitTests("Telemetry", ["StatusModel", coreMetrics]),
    unitTests("NodeCascade", []),
    unitTests("TableStructure", []),
    unitTests("TableComparison", []),
    unitTests("TableReplication", ["EventFormats", "EventQueue", "TableStructure"]),
    liveTests("Cluster", []),
    liveTests("Schema", ["SchemaInstaller", "DatabaseSchemas", log]),
    liveTests("PostgresClient", [log]),
    liveTests(
      "Queue",
      [
        "NodeCascade", "TableReplication", "TableStructure", "EventQueue", "EventFormats", "SchemaInstaller",
        "DatabaseSchemas", log, lifecycle,
      ]),
    liveTests(
      "Library",
      [
        "EventQueue", "EventFormats", "SchemaInstaller", log, lifecycle, metrics, metricsTestKit, tracing,
        instrumentation, inMemoryTracing, signals, "consumer-probe",
      ]),
    // Killed by the tests of exactly-once work
    .executableTarget(
      name: "consumer-probe", dependencies: ["EventQueue", "PostgresClient", log, lifecycle],
      path: "Tests/Programs/consumer-probe", swiftSettings: strict),
    liveTests("Capture", ["DatabaseSchemas", "EventQueue", "TableStructure", "EventFormats", "TableReplication", log]),
    liveTests("Ticker", ["QueueTicker", "DatabaseSchemas", log]),
    liveTests(
      "Replication",
      [
        "EventQueue", "NodeCascade", "TableReplication", "TableComparison", "TableStructure", "EventFormats",
        "SchemaInstaller", "ServiceRuntime", log,
      ]),
    liveTests(
      "Node", ["NodeCascade", "TableReplication", "EventQueue", "EventFormats", "SchemaInstaller", log, lifecycle]),
    liveTests("Telemetry", ["Telemetry", log]),
    liveTests("Status", ["StatusModel", "SchemaInstaller", log]),
    liveTests("Moving", ["EventQueue", "TableReplication", "EventFormats", "SchemaInstaller", log]),
    liveTests("Torture", []),
    liveTests("Command", ["TrunklineCommands", "EventQueue"]),
  ]
)
