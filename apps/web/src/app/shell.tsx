import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { HaltBanner, HaltControl } from '../features/halt/halt-control.tsx'
import { BrandMark, Icon } from '../ui/icon.tsx'
import { themeChoice, zoneChoice } from './preferences.ts'
import { useChoice } from './stored-choice.ts'

/** What surrounds every page: where one is, whether the halt is set, and how times and colours are shown. */
export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const main = useRef<HTMLElement>(null)
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    main.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [path])
  // A wall has nobody who could press anything.
  if (path.startsWith('/wall/'))
    return (
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    )
  return (
    <>
      <a className="skip" href="#main">
        To the content
      </a>
      <header className="top">
        <Link className="brand" to="/" aria-label="Firedrill, overview">
          <BrandMark />
          <span>Firedrill</span>
        </Link>
        <nav aria-label="Main">
          <Link
            to="/"
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ 'aria-current': 'page' }}
          >
            Overview
          </Link>
          <Link to="/runs" activeProps={{ 'aria-current': 'page' }}>
            Runs
          </Link>
          <Link to="/calendar" activeProps={{ 'aria-current': 'page' }}>
            Calendar
          </Link>
          <Link to="/game-days" activeProps={{ 'aria-current': 'page' }}>
            Game days
          </Link>
          <Link to="/scenarios" activeProps={{ 'aria-current': 'page' }}>
            Scenarios
          </Link>
        </nav>
        <span className="grow" />
        <HaltControl />
        <ZoneToggle />
        <ThemeToggle />
      </header>
      <HaltBanner />
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  )
}

function ZoneToggle() {
  const zone = useChoice(zoneChoice)
  const isUtc = zone === 'UTC'
  return (
    <button
      type="button"
      className="btn is-quiet"
      onClick={() => zoneChoice.set(isUtc ? 'local' : 'UTC')}
      aria-label={`Times are shown in ${isUtc ? 'UTC' : 'local time'}; switch`}
    >
      {isUtc ? 'UTC' : 'Local'}
    </button>
  )
}

function ThemeToggle() {
  const theme = useChoice(themeChoice)
  const next = theme === 'system' ? 'light' : theme === 'light' ? 'dark' : 'system'
  return (
    <button
      type="button"
      className="btn is-quiet"
      onClick={() => themeChoice.set(next)}
      aria-label={`${theme === 'system' ? 'Auto' : theme} theme; switch to ${next === 'system' ? 'auto' : next}`}
    >
      {theme === 'system' ? 'Auto' : <Icon name={theme === 'light' ? 'sun' : 'moon'} />}
    </button>
  )
}
