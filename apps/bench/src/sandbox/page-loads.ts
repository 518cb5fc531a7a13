/**
 * What a browser would fetch to show a page, other than the page itself: sources, stylesheets, imports and images that
 * are not inline. A link that a person may click is not among them.
 */
export function pageLoads(html: string): readonly string[] {
  const patterns = [
    /<(?:script|img|iframe|source|video|audio|embed|input|track)\b[^>]*?\s(?:src|srcset|poster)\s*=\s*["']?([^"'\s>]+)/gi,
    /<link\b[^>]*?\shref\s*=\s*["']?([^"'\s>]+)/gi,
    /<(?:use|image)\b[^>]*?\s(?:xlink:)?href\s*=\s*["']?([^"'\s>]+)/gi,
    /<object\b[^>]*?\sdata\s*=\s*["']?([^"'\s>]+)/gi,
    /url\(\s*["']?([^"')\s]+)/gi,
    /@import\s+["']([^"']+)/gi,
    /\b(?:fetch|import)\(\s*["'`]([^"'`]+)/gi,
  ]
  return patterns
    .flatMap((pattern) => [...html.matchAll(pattern)].map((match) => match[1] ?? ''))
    .filter((url) => !url.startsWith('data:') && !url.startsWith('#'))
}
