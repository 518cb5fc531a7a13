import { createClient } from '@firedrill/contracts'

/** The API of the page's own origin; the session cookie goes along by itself. */
export const api = createClient({ baseUrl: '' })
