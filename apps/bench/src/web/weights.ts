import type { Stage } from './stage.ts'

/** Bytes of scripts as they come over the wire when a page is opened for the first time, in kB of 1000 bytes. */
export async function scriptsOf(stage: Stage, path: string, width: number): Promise<number> {
  const context = await stage.visit({ width, height: 780 })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const scripts = new Set<string>()
  let bytes = 0
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    const isGzip = response.headers['content-encoding'] !== undefined
    if (type === 'Script' && isGzip) scripts.add(requestId)
    else if (type === 'Script') throw new Error(`${response.url} came unpacked`)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  // Brotli is smaller still; the promise is about gzip.
  await context.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
  await page.goto(stage.api.url + path)
  await page.locator('h1:visible').first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await context.close()
  return bytes / 1000
}
