import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { CalendarPage } from '../features/calendar/calendar-page.tsx'
import { readCalendarSearch } from '../features/calendar/calendar-search.ts'
import { GameDayPage } from '../features/game-days/game-day-page.tsx'
import { GameDaysPage } from '../features/game-days/game-days-page.tsx'
import { OverviewPage } from '../features/overview/overview-page.tsx'
import { readOverviewSearch } from '../features/overview/overview-search.ts'
import { RunPage } from '../features/run/run-page.tsx'
import { readRunSearch } from '../features/run/run-search.ts'
import { RunsPage } from '../features/runs/runs-page.tsx'
import { ScenarioPage } from '../features/scenarios/scenario-page.tsx'
import { ScenariosHint, ScenariosPage } from '../features/scenarios/scenarios-page.tsx'
import { WallPage } from '../features/wall/wall-page.tsx'
import { ProblemPage } from '../ui/problem.tsx'
import { NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <ProblemPage error={error} onRetry={reset} />,
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readOverviewSearch,
  component: OverviewPage,
})

const runs = createRoute({ getParentRoute: () => root, path: '/runs', component: RunsPage })

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: readRunSearch,
  component: RunPage,
})

const wall = createRoute({ getParentRoute: () => root, path: '/wall/$runId', component: WallPage })

const calendar = createRoute({
  getParentRoute: () => root,
  path: '/calendar',
  validateSearch: readCalendarSearch,
  component: CalendarPage,
})

const gameDays = createRoute({ getParentRoute: () => root, path: '/game-days', component: GameDaysPage })
const gameDay = createRoute({
  getParentRoute: () => root,
  path: '/game-days/$gameDayId',
  component: GameDayPage,
})

const scenarios = createRoute({ getParentRoute: () => root, path: '/scenarios', component: ScenariosPage })
const scenariosHint = createRoute({ getParentRoute: () => scenarios, path: '/', component: ScenariosHint })
const scenario = createRoute({ getParentRoute: () => scenarios, path: '$name', component: ScenarioPage })

/** Every page and its address. */
export const router = createRouter({
  routeTree: root.addChildren([
    home,
    runs,
    run,
    wall,
    calendar,
    gameDays,
    gameDay,
    scenarios.addChildren([scenariosHint, scenario]),
  ]),
  defaultPreload: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
