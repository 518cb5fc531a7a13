import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { AwsFault } from './aws-fault.ts'
import { WireTime, type WireInput, type WireStructure, type WireValue } from './wire-value.ts'

/** Names the elements inside a list: `item` in EC2, `member` in the query protocol, one name per list in Route 53. */
export type ListItemName = (listMember: string) => string

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
}

/** Escapes text for an XML element or attribute. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character)
}

/**
 * Writes one structure as XML elements, in the order of its members. Lists get a wrapper element named for the
 * member and one element per item, which is how all four XML-speaking services here write them.
 */
export function structureToXml(structure: WireStructure, itemName: ListItemName): string {
  return Object.entries(structure)
    .map(([member, value]) => memberToXml(member, value, itemName))
    .join('')
}

function memberToXml(member: string, value: WireValue, itemName: ListItemName): string {
  if (value === undefined) return ''
  return `<${member}>${contentToXml(member, value, itemName)}</${member}>`
}

function contentToXml(member: string, value: WireValue, itemName: ListItemName): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escapeXml(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof WireTime) return value.toIso()
  if (Array.isArray(value)) {
    const item = itemName(member)
    return value.map((entry: WireValue) => memberToXml(item, entry, itemName)).join('')
  }
  return structureToXml(value as WireStructure, itemName)
}

/**
 * Reads an XML request body into a tree of strings. `lists` maps the wrapper of each list to the element of its
 * items; such a list becomes an array even with one item or none.
 * @throws AwsFault `MalformedXML`-style `InvalidInput` if the text is not well formed or the root is another.
 */
export function parseXmlBody(text: string, root: string, lists: Readonly<Record<string, string>>): WireInput {
  if (XMLValidator.validate(text) !== true) {
    throw new AwsFault({ code: 'InvalidInput', message: 'The XML you provided is not well-formed' })
  }
  const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, ignoreDeclaration: true, trimValues: false })
  const document = parser.parse(text) as Record<string, unknown>
  const body = document[root]
  if (body === undefined) {
    throw new AwsFault({ code: 'InvalidInput', message: `Invalid XML ; expected root element ${root}` })
  }
  const tree = unwrapLists(body, lists)
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? (tree as WireInput) : {}
}

function unwrapLists(value: unknown, lists: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((entry) => unwrapLists(entry, lists))
  if (typeof value !== 'object' || value === null) return value
  const result: Record<string, unknown> = {}
  for (const [member, content] of Object.entries(value)) {
    if (member === '#text') continue
    const item = lists[member]
    result[member] = item === undefined ? unwrapLists(content, lists) : unwrapList(content, item, lists)
  }
  return result
}

function unwrapList(content: unknown, item: string, lists: Readonly<Record<string, string>>): unknown[] {
  if (typeof content !== 'object' || content === null) return []
  const items = (content as Record<string, unknown>)[item]
  if (items === undefined) return []
  return (Array.isArray(items) ? items : [items]).map((entry) => unwrapLists(entry, lists))
}
