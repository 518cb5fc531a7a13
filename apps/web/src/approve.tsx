import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyTheme } from './app/preferences.ts'
import { ApprovePage } from './features/approve/approve-page.tsx'

applyTheme()
const root = document.querySelector('#root')
if (root === null) throw new Error('approve.html has no element with the id root')
createRoot(root).render(
  <StrictMode>
    <ApprovePage runId={new URLSearchParams(location.search).get('run') ?? ''} />
  </StrictMode>,
)
