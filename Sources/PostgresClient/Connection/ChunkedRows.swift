import CLibPQ
import Glibc

/// libpq 17 can give rows in chunks; older libraries give one result a row. The function is looked up at run time, so
/// that one build runs with every libpq.
enum ChunkedRows {
  private typealias Setter = @convention(c) (OpaquePointer?, CInt) -> CInt

  private static let setter: Setter? = dlsym(nil, "PQsetChunkedRowsMode").map { unsafeBitCast($0, to: Setter.self) }

  /// `PGRES_TUPLES_CHUNK`, which headers before 17 do not have.
  static let status = ExecStatusType(rawValue: 12)

  static func request(_ handle: OpaquePointer) {
    if let setter, setter(handle, 256) == 1 { return }
    PQsetSingleRowMode(handle)
  }
}
