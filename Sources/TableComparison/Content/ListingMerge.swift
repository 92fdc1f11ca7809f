/// Finds the differences between two listings, in constant memory however many rows they have.
struct ListingMerge {
  private var lefts: ListingReader, rights: ListingReader

  init(_ left: ListingReader, _ right: ListingReader) {
    lefts = left
    rights = right
  }

  /// Calls `found` for every row that differs.
  ///
  /// Rows of one key stand together. Of those, equal ones cancel each other; what is left of both sides are changed rows,
  /// and the rest is missing or surplus. So rows that stand several times count as often as they do.
  mutating func run(_ found: (DifferingRow) async throws -> Void) async throws {
    var left = try await lefts.next()
    var right = try await rights.next()
    while let first = smaller(left, right) {
      let key = first.keyDigest
      var missing = 0, surplus = 0
      while true {
        let l = left.flatMap { $0.keyDigest.elementsEqual(key) ? $0 : nil }
        let r = right.flatMap { $0.keyDigest.elementsEqual(key) ? $0 : nil }
        if let l, let r, l.digest.elementsEqual(r.digest) {
          left = try await lefts.next()
          right = try await rights.next()
        } else if let l, r.map({ l.digest.lexicographicallyPrecedes($0.digest) }) ?? true {
          missing += 1
          left = try await lefts.next()
        } else if r != nil {
          surplus += 1
          right = try await rights.next()
        } else {
          break
        }
      }
      guard missing + surplus > 0 else { continue }
      let values = try first.key()
      let changed = min(missing, surplus)
      for (kind, count) in [
        (DifferingRow.Kind.changed, changed), (.missing, missing - changed), (.surplus, surplus - changed),
      ] {
        for _ in 0..<count { try await found(DifferingRow(kind, key: values)) }
      }
    }
  }

  private func smaller(_ left: ListedRow?, _ right: ListedRow?) -> ListedRow? {
    guard let left, let right else { return left ?? right }
    return right.keyDigest.lexicographicallyPrecedes(left.keyDigest) ? right : left
  }
}
