import type { Json } from '@firedrill/core'

type JsonObject = Readonly<Record<string, Json>>

/**
 * The part of a step's capture that is about one target, in short, or undefined when it cannot be told. Captures differ
 * by fault; what they share is that each target is an item of a list and carries what its id is made of.
 */
export function capturedText(capture: Json, targetId: string): string | undefined {
  const items = listedObjects(capture)
  const scored = items
    .map((item) => ({ item, score: likeness(item, targetId) }))
    .sort((a, b) => b.score - a.score)
  const [best, second] = scored
  if (best === undefined || best.score === 0 || best.score === second?.score) return undefined
  return memberTexts(best.item, targetId).join(' · ')
}

/** Items of the lists directly in the capture; deeper ones describe surroundings, not targets. */
function listedObjects(capture: Json): readonly JsonObject[] {
  if (!isObject(capture)) return []
  return Object.values(capture).flatMap((member) => (Array.isArray(member) ? member.filter(isObject) : []))
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How much of an item is found in the id; a member that is the whole id settles it. */
function likeness(item: JsonObject, id: string): number {
  const parts = new Set(id.split('/'))
  let score = 0
  for (const value of Object.values(item)) {
    if (typeof value !== 'string' || value === '') continue
    const plain = value.replace(/\.$/, '').toLowerCase()
    if (value === id) score += 100
    else if (parts.has(value) || parts.has(plain)) score += 1
  }
  return score
}

/** Members in short; what only repeats the target's id says nothing and is left out. */
function memberTexts(item: JsonObject, targetId: string): readonly string[] {
  const idParts = new Set([targetId, ...targetId.split('/')])
  return Object.entries(item).flatMap(([key, value]) => {
    const text = valueText(value)
    return text === '' || (typeof value === 'string' && isIdPart(value, idParts)) ? [] : [`${key} ${text}`]
  })
}

function isIdPart(value: string, idParts: ReadonlySet<string>): boolean {
  return idParts.has(value) || idParts.has(value.replace(/\.$/, ''))
}

function valueText(value: Json): string {
  if (value === null) return ''
  if (Array.isArray(value)) return value.map((item: Json) => valueText(item)).join(' ')
  if (isObject(value)) {
    const members = Object.entries(value)
    const [only] = members
    return members.length === 1 && only !== undefined
      ? valueText(only[1])
      : members.map(([key, member]) => `${key} ${valueText(member)}`).join(' ')
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
