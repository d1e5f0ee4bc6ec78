/// A change of our table that happens as a whole or not at all: one run of `nft -f`.
///
/// A value that can be printed, checked and then applied.
package struct Transaction: Equatable, Sendable, CustomStringConvertible {
    /// One line of nft's language each.
    package let statements: [String]

    /// Whether it only deletes empty chains that no element routes to any more.
    ///
    /// Traffic is the same without it, so it is no drift.
    package let isSweep: Bool

    package var script: String { statements.map { "\($0)\n" }.joined() }
    package var description: String { script }
}

enum Statement: Equatable {
    case addTable
    case addTimeout
    case addMap(TableMap)
    case delete(kind: String, name: String)
    case addBaseChain(BaseChain)
    case addChain(String)
    case flushChain(String)
    case deleteChain(String)
    case addRule(chain: String, Rule)
    case addElement(ElementKey, FamilyTable.Target)
    case deleteElement(ElementKey)

    func text(in family: Family) -> String {
        let table = family.table
        return switch self {
        case .addTable: "add table \(table)"
        case .addTimeout: ConntrackTimeout.text(in: family)
        case .addMap(let map):
            "add \(map.kind) \(table) \(map.rawValue) { type "
                + map.keyTypes(in: family).joined(separator: " . ")
                + "\(map.valueType.map { " : \($0)" } ?? ""); }"
        case .delete(let kind, let name): "delete \(kind) \(table) \(name)"
        case .addBaseChain(let chain):
            "add chain \(table) \(chain.rawValue) { type \(chain.hook.type) "
                + "hook \(chain.hook.hook) priority \(chain.hook.priority); "
                + "policy \(chain.hook.policy); }"
        case .addChain(let name): "add chain \(table) \(name)"
        case .flushChain(let name): "flush chain \(table) \(name)"
        case .deleteChain(let name): "delete chain \(table) \(name)"
        case .addRule(let chain, let rule): "add rule \(table) \(chain) \(rule.text)"
        case .addElement(let key, .chain(let chain)):
            "add element \(table) \(key.map.rawValue) { \(key) : goto \(chain) }"
        case .addElement(let key, .member), .addElement(let key, .other):
            "add element \(table) \(key.map.rawValue) { \(key) }"
        case .deleteElement(let key):
            "delete element \(table) \(key.map.rawValue) { \(key) }"
        }
    }

    /// Replaces all rules of a chain: packets see all old or all new ones.
    static func rewrite(_ chain: String, _ rules: [Rule]) -> [Statement] {
        [.flushChain(chain)] + rules.map { .addRule(chain: chain, $0) }
    }
}
