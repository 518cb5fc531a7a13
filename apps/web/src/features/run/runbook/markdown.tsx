import { readMarkdown, type Block, type Inline } from './read-markdown.ts'

/** Instructions as people read them. Nothing in them is ever taken for HTML. */
export function Markdown({ text }: Readonly<{ text: string }>) {
  return (
    <div className="prose">
      {readMarkdown(text).map((block, index) => (
        <BlockView key={`${index} ${block.kind}`} block={block} />
      ))}
    </div>
  )
}

function BlockView({ block }: Readonly<{ block: Block }>) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Line inline={block.inline} />
        </p>
      )
    case 'heading':
      return (
        <h4>
          <Line inline={block.inline} />
        </h4>
      )
    case 'code':
      return <pre className="source">{block.text}</pre>
    case 'list': {
      const items = block.items.map((inline, index) => (
        <li key={`${index} ${inline[0]?.text ?? ''}`}>
          <Line inline={inline} />
        </li>
      ))
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
  }
}

function Line({ inline }: Readonly<{ inline: readonly Inline[] }>) {
  return inline.map((part, index) => {
    const key = `${index} ${part.text}`
    switch (part.kind) {
      case 'text':
        return part.text
      case 'code':
        return (
          <code key={key} className="mono">
            {part.text}
          </code>
        )
      case 'strong':
        return <strong key={key}>{part.text}</strong>
      case 'link':
        return (
          <a key={key} href={part.href} target="_blank" rel="noreferrer">
            {part.text}
          </a>
        )
    }
  })
}
