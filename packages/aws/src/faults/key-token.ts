import { createHash } from 'node:crypto'

/** Tag by which an experiment and its template are found again when the answer that named them was lost. */
export const TOKEN_TAG = 'firedrill:token'
/** Tag with the readable key, for people. */
export const KEY_TAG = 'firedrill:key'

/** A token that is the same for the same key and nothing else: usable as client token, tag value and comment. */
export function keyToken(key: string, use: 'act' | 'template' | 'experiment' | 'schedule' = 'act'): string {
  return `fd-${createHash('sha256').update(`${use}\n${key}`).digest('hex').slice(0, 40)}`
}

/** A key as a tag value: only characters that every AWS service allows, at most 200 of them. */
export function keyTagValue(key: string): string {
  return key.replaceAll(/[^\w .:/=+@-]/g, '_').slice(0, 200)
}
