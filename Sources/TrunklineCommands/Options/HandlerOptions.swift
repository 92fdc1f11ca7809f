import ArgumentParser
import TableReplication

/// What handlers of tables use of the worker's machine, where their own arguments do not say it.
struct HandlerOptions: ParsableArguments {
  @Option(help: "File with the rules of handler obfuscate: which columns of which tables are kept, hashed or left out.")
  var obfuscationMap: String?

  @Option(help: "File with the key of handler obfuscate, 8 to 32 bytes.")
  var obfuscationKey: String?

  @Option(help: "Function that handler shard hashes by, where the table names none (partconf.get_hash_raw).")
  var shardHashFunction: String?

  @Option(help: "Query for the shard of the node: shard_nr, shard_mask, shard_count (the table partconf.conf).")
  var shardQuery: String?

  var settings: HandlerSettings {
    var settings = HandlerSettings()
    settings.obfuscationMap = obfuscationMap
    settings.obfuscationKey = obfuscationKey
    if let shardHashFunction { settings.shardHashFunction = shardHashFunction }
    settings.shardQuery = shardQuery
    return settings
  }
}
