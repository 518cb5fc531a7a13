import type { Word } from '../vocabulary/word.ts'
import { Icon } from './icon.tsx'

/** A status: its icon and its word in its colour, never one without the others. */
export function StatusWord({ word, className = '' }: Readonly<{ word: Word; className?: string }>) {
  return (
    <span className={`word ${word.role} ${className}`}>
      <Icon name={word.icon} />
      {word.word}
    </span>
  )
}
