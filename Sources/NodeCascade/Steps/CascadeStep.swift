/// One change of one node's database, or a wait for a worker. Each is one transaction and may be done again.
public enum CascadeStep: Sendable, Equatable {
  /// Puts `member` on `node`'s member map.
  case register(node: String, member: NodeLocation)
  /// Takes `member` off `node`'s member map.
  case forget(node: String, member: String)
  /// Asks the worker of `node` to stop after its batch, or to go on.
  case pause(node: String, Bool)
  /// Lets `subscriber` read from `node` after `tick`.
  case subscribe(node: String, subscriber: String, worker: String, tick: Int64?)
  /// Ends that.
  case unsubscribe(node: String, subscriber: String)
  /// Lets the worker of `node`, which stands still, read from `provider`, and go on unless it was to stay paused.
  case setProvider(node: String, provider: String, resumes: Bool)
  /// A step of turning the root `node` into a branch of `newRoot`.
  case demote(node: String, step: Int, newRoot: String)
  /// Turns the branch `node` into the root.
  case promote(node: String)
  /// Keeps the events of `node` after `tick` for when `lost` comes back.
  case erectGravestone(node: String, lost: String, tick: Int64)
  /// Asks the worker of the leaf of `queue`, which fills the cascade's queue on `node`, to stop or to go on.
  case pauseMerge(node: String, queue: String, Bool)
  /// Writes the events of `node` after `tick` into the file `dump`, removes them, and lets `node` be a branch of `provider` that stands at
  /// `tick` with its worker paused. Of those that read from it only `keeping` go on.
  case withdraw(node: String, tick: Int64, provider: String, keeping: [String], dump: String)
  /// Lets `lost` read from `node` again, where the gravestone stands that it had there.
  case reinstate(node: String, lost: NodeLocation, worker: String, tick: Int64)
  /// Calls the node `old` by its name `new` in the database of `node`, which may be the same.
  case rename(node: String, old: String, new: String)
  /// Removes everything that `node` has of the queue.
  case drop(node: String)
  /// Waits until another look shows something else.
  case wait(node: String, reason: String)
}

extension CascadeStep {
  /// The node whose database changes.
  public var node: String {
    switch self {
    case .register(let node, _), .forget(let node, _), .pause(let node, _), .subscribe(let node, _, _, _),
      .unsubscribe(let node, _), .setProvider(let node, _, _), .demote(let node, _, _), .promote(let node),
      .erectGravestone(let node, _, _), .pauseMerge(let node, _, _), .withdraw(let node, _, _, _, _),
      .reinstate(let node, _, _, _), .rename(let node, _, _), .drop(let node), .wait(let node, _):
      node
    }
  }

  /// The step in words, as `--dry-run` and the progress show it.
  public var text: String {
    switch self {
    case .register(let node, let member):
      "\(node): \(member.isDead ? "tag \(member.name) as dead" : "register the location of \(member.name)")"
    case .forget(let node, let member): "\(node): remove \(member) from the member map"
    case .pause(let node, let isPaused): "\(node): \(isPaused ? "pause" : "resume") the worker"
    case .subscribe(let node, let subscriber, _, let tick):
      "\(node): subscribe \(subscriber)\(tick.map { " after tick \($0)" } ?? "")"
    case .unsubscribe(let node, let subscriber): "\(node): end the subscription of \(subscriber)"
    case .setProvider(let node, let provider, let resumes):
      "\(node): read from \(provider)\(resumes ? " and go on" : "")"
    case .demote(let node, 1, _): "\(node): refuse inserts"
    case .demote(let node, 2, _): "\(node): wait for running writers, then make the last tick"
    case .demote(let node, _, let newRoot): "\(node): become a branch of \(newRoot)"
    case .promote(let node): "\(node): become the root"
    case .erectGravestone(let node, let lost, let tick):
      "\(node): keep events after tick \(tick) for the return of \(lost)"
    case .pauseMerge(let node, let queue, let isPaused):
      "\(node): \(isPaused ? "pause" : "resume") the worker that merges queue \(queue)"
    case .withdraw(let node, let tick, let provider, _, let dump):
      "\(node): write the events after tick \(tick) into \(dump), remove them, become a paused branch of \(provider)"
    case .reinstate(let node, let lost, _, let tick):
      "\(node): subscribe \(lost.name) after tick \(tick), in place of its gravestone"
    case .rename(let node, let old, let new): "\(node): call \(old) by the name \(new)"
    case .drop(let node): "\(node): remove the queue and everything of it"
    case .wait(_, let reason): "wait for \(reason)"
    }
  }
}
