import { storeSuites } from '@firedrill/testkit'
import { testStores } from './testing/test-stores.ts'

storeSuites('on PostgreSQL', testStores)
