import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { AwsFault } from './aws-fault.ts'
import {
  WireMap,
  WireRow,
  WireTime,
  type WireInput,
  type WireStructure,
  type WireValue,
} from './wire-value.ts'

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

const SPECIAL = /[&<>"'\r]/

/** Escapes text for an XML element or attribute. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text)
    ? text.replaceAll(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character)
    : text
}

/**
 * Writes one structure as XML elements, in the order of its members. Lists get a wrapper element named for the
 * member and one element per item, which is how all four XML-speaking services here write them.
 */
export function structureToXml(structure: WireStructure, itemName: ListItemName): string {
  let text = ''
  for (const member of Object.keys(structure)) text += memberToXml(member, structure[member], itemName)
  return text
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
  if (value instanceof WireRow) return value.toXml((content) => structureToXml(content, itemName))
  let text = ''
  if (value instanceof WireMap) {
    for (const [key, content] of Object.entries(value.entries))
      text += memberToXml('entry', { key, value: content }, itemName)
    return text
  }
  if (!Array.isArray(value)) return structureToXml(value as WireStructure, itemName)
  const item = itemName(member)
  for (const entry of value as readonly WireValue[]) text += memberToXml(item, entry, itemName)
  return text
}

/**
 * Reads an XML request body into a tree of strings. The members named in `lists` become arrays of what their elements
 * hold, even with one element or none.
 * @throws AwsFault `InvalidInput` if the text is not well formed or has another root.
 */
export function parseXmlBody(text: string, root: string, lists: ReadonlySet<string>): WireInput {
  if (XMLValidator.validate(text) !== true) {
    throw new AwsFault({ code: 'InvalidInput', message: 'The XML you provided is not well-formed' })
  }
  const parser = new XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    ignoreDeclaration: true,
    trimValues: false,
  })
  const document = parser.parse(text) as Record<string, unknown>
  const body = document[root]
  if (body === undefined) {
    throw new AwsFault({ code: 'InvalidInput', message: `Invalid XML ; expected root element ${root}` })
  }
  const tree = unwrapLists(body, lists)
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? (tree as WireInput) : {}
}

function unwrapLists(value: unknown, lists: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((entry) => unwrapLists(entry, lists))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([member]) => member !== '#text')
  return Object.fromEntries(
    members.map(([member, content]) => [
      member,
      lists.has(member) ? itemsOf(content, lists) : unwrapLists(content, lists),
    ]),
  )
}

function itemsOf(content: unknown, lists: ReadonlySet<string>): unknown[] {
  if (typeof content !== 'object' || content === null) return []
  const { '#text': _space, ...elements } = content as Record<string, unknown>
  return Object.values(elements)
    .flat()
    .map((entry) => unwrapLists(entry, lists))
}
