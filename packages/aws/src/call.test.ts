import { describe, expect, it } from 'vitest'
import { failed, readPages, success } from './call.ts'

type Page = Readonly<{ items: readonly number[]; next?: string }>

const pagesOf = (pages: Readonly<Record<string, Page>>) => async (token: string | undefined) => {
  const page = pages[token ?? 'first']
  return page === undefined ? failed('throttled', 'x.List', 'Throttling', 'too often') : success(page)
}
const readAll = async (pages: Readonly<Record<string, Page>>) =>
  readPages(
    pagesOf(pages),
    (page) => page.items,
    (page) => page.next,
    'x.List',
  )

describe('a paged list', () => {
  it('is every item of every page, in order', async () => {
    const pages = { first: { items: [1, 2], next: 'b' }, b: { items: [], next: 'c' }, c: { items: [3] } }
    expect(await readAll(pages)).toEqual({ ok: true, value: [1, 2, 3] })
  })

  it('is a failure, never a part of itself, when one page fails', async () => {
    expect(await readAll({ first: { items: [1], next: 'lost' } })).toMatchObject({
      ok: false,
      failure: { kind: 'throttled' },
    })
  })

  it('ends with a failure when the service hands out a token twice', async () => {
    const pages = { first: { items: [1], next: 'b' }, b: { items: [2], next: 'b' } }
    expect(await readAll(pages)).toMatchObject({ ok: false, failure: { code: 'PagingLoop' } })
  })
})
