/** A stretch of a line: plain, or said in one of three ways. A link is only one to another page. */
export type Inline =
  | Readonly<{ kind: 'text' | 'code' | 'strong'; text: string }>
  | Readonly<{ kind: 'link'; text: string; href: string }>

/** One block of a text in Markdown. */
export type Block =
  | Readonly<{ kind: 'paragraph' | 'heading'; inline: readonly Inline[] }>
  | Readonly<{ kind: 'list'; isOrdered: boolean; items: readonly (readonly Inline[])[] }>
  | Readonly<{ kind: 'code'; text: string }>

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|\*([^*\s][^*]*)\*/g
const ITEM = /^\s*(?:[-*]|(\d+)\.)\s+(.*)$/

/**
 * Reads the Markdown that instructions are written in: paragraphs, headings, lists, fenced code, and within a line code,
 * emphasis and links. Anything else, HTML among it, is text as it stands.
 */
export function readMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  let paragraph: string[] = []
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inline: readInline(paragraph.join(' ')) })
    paragraph = []
  }
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (fence !== undefined) {
      endParagraph()
      const end = lines.findIndex((each, at) => at > index && each.trim().startsWith(fence))
      const last = end === -1 ? lines.length : end
      blocks.push({ kind: 'code', text: lines.slice(index + 1, last).join('\n') })
      index = last
    } else if (heading !== undefined) {
      endParagraph()
      blocks.push({ kind: 'heading', inline: readInline(heading) })
    } else if (ITEM.test(line)) {
      endParagraph()
      addItem(blocks, line)
    } else if (line.trim() === '') endParagraph()
    else paragraph.push(line.trim())
  }
  endParagraph()
  return blocks
}

function addItem(blocks: Block[], line: string): void {
  const [, number, text = ''] = ITEM.exec(line) ?? []
  const isOrdered = number !== undefined
  const before = blocks.at(-1)
  const item = readInline(text)
  if (before?.kind === 'list' && before.isOrdered === isOrdered)
    blocks[blocks.length - 1] = { ...before, items: [...before.items, item] }
  else blocks.push({ kind: 'list', isOrdered, items: [item] })
}

function readInline(text: string): readonly Inline[] {
  const found: Inline[] = []
  let from = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) found.push({ kind: 'text', text: text.slice(from, match.index) })
    const [whole, code, strong, label, href, emphasis] = match
    if (code !== undefined) found.push({ kind: 'code', text: code })
    else if (label !== undefined && href !== undefined) found.push({ kind: 'link', text: label, href })
    else found.push({ kind: 'strong', text: strong ?? emphasis ?? whole })
    from = match.index + whole.length
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) })
  return found
}
