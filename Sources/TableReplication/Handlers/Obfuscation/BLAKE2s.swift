/// The hash BLAKE2s with a key, as RFC 7693 describes it: one block of text at a time, no tree.
package struct BLAKE2s: Sendable {
  private static let vector: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private static let order: [[Int]] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ]

  private let size: Int
  private let key: [UInt8]

  /// - Parameters:
  ///   - size: bytes of the result, 1 to 32; others are taken for the nearest.
  ///   - key: what the result depends on; only the first 32 bytes count.
  package init(size: Int, key: [UInt8]) {
    self.size = min(max(size, 1), 32)
    self.key = Array(key.prefix(32))
  }

  /// The hash of some bytes.
  package func hash(_ text: some Sequence<UInt8>) -> [UInt8] {
    var state = Self.vector
    state[0] ^= 0x0101_0000 ^ UInt32(key.count) << 8 ^ UInt32(size)
    var input: [UInt8] = []
    if !key.isEmpty {
      input = key
      input += [UInt8](repeating: 0, count: 64 - key.count)
    }
    input += text
    let length = input.count
    if input.isEmpty || !length.isMultiple(of: 64) {
      input += [UInt8](repeating: 0, count: 64 - length % 64)
    }
    var start = 0
    while start < input.count {
      let isLast = start + 64 >= input.count
      Self.compress(&state, input[start..<start + 64], counted: isLast ? length : start + 64, isLast: isLast)
      start += 64
    }
    var out: [UInt8] = []
    for word in state {
      for shift in [0, 8, 16, 24] as [UInt32] { out.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return Array(out.prefix(size))
  }

  private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>, counted: Int, isLast: Bool) {
    var words = [UInt32](repeating: 0, count: 16)
    for (index, byte) in block.enumerated() { words[index / 4] |= UInt32(byte) << UInt32(8 * (index % 4)) }
    var work = state + vector
    work[12] ^= UInt32(truncatingIfNeeded: counted)
    work[13] ^= UInt32(truncatingIfNeeded: UInt64(counted) >> 32)
    if isLast { work[14] = ~work[14] }
    func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt32, _ y: UInt32) {
      work[a] = work[a] &+ work[b] &+ x
      work[d] = rotated(work[d] ^ work[a], 16)
      work[c] = work[c] &+ work[d]
      work[b] = rotated(work[b] ^ work[c], 12)
      work[a] = work[a] &+ work[b] &+ y
      work[d] = rotated(work[d] ^ work[a], 8)
      work[c] = work[c] &+ work[d]
      work[b] = rotated(work[b] ^ work[c], 7)
    }
    for row in order {
      mix(0, 4, 8, 12, words[row[0]], words[row[1]])
      mix(1, 5, 9, 13, words[row[2]], words[row[3]])
      mix(2, 6, 10, 14, words[row[4]], words[row[5]])
      mix(3, 7, 11, 15, words[row[6]], words[row[7]])
      mix(0, 5, 10, 15, words[row[8]], words[row[9]])
      mix(1, 6, 11, 12, words[row[10]], words[row[11]])
      mix(2, 7, 8, 13, words[row[12]], words[row[13]])
      mix(3, 4, 9, 14, words[row[14]], words[row[15]])
    }
    for index in 0..<8 { state[index] ^= work[index] ^ work[index + 8] }
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
}
