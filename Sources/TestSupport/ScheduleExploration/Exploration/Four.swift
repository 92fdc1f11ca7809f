/// Up to four values in place, so that a state is plain bytes: cheap to copy, hash and keep by the million.
package struct Four<Element: Hashable & Sendable>: Hashable, Sendable {
  private var first: Element
  private var second: Element
  private var third: Element
  private var fourth: Element

  package init(repeating element: Element) {
    first = element
    second = element
    third = element
    fourth = element
  }

  /// - Precondition: `index` is 0 to 3.
  package subscript(index: Int) -> Element {
    get {
      switch index {
      case 0: first
      case 1: second
      case 2: third
      default: fourth
      }
    }
    set {
      switch index {
      case 0: first = newValue
      case 1: second = newValue
      case 2: third = newValue
      default: fourth = newValue
      }
    }
  }
}
