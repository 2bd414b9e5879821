import type { TestCase, TestModule } from 'vitest/node'
import { DefaultReporter } from 'vitest/node'

/** How a run ended, in numbers. */
export interface RunSummary {
  passed: number
  /** A test file that could not be loaded counts as one. */
  failed: number
  skipped: number
  /** One line for each test that did not run because this machine lacks a peer. */
  lackingPeers: string[]
}

/**
 * The usual report, and at its end what must not be overlooked: every test that did not run for want of a peer, and last of
 * all one line `N passed, N failed, N skipped`.
 */
export class Reporter extends DefaultReporter {
  override onTestRunEnd(...[modules, errors, reason]: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(modules, errors, reason)
    const { passed, failed, skipped, lackingPeers } = summarize(modules)
    for (const line of lackingPeers) this.log(line)
    this.log(`\n${passed} passed, ${failed + errors.length} failed, ${skipped} skipped`)
  }
}

/** Counts the tests of a run. */
export function summarize(modules: readonly TestModule[]): RunSummary {
  const summary: RunSummary = { passed: 0, failed: 0, skipped: 0, lackingPeers: [] }
  for (const module of modules) {
    const failedBefore = summary.failed
    for (const test of module.children.allTests()) count(test, summary)
    if (module.state() === 'failed' && summary.failed === failedBefore) summary.failed++
  }
  return summary
}

function count(test: TestCase, summary: RunSummary): void {
  const { state } = test.result()
  if (state === 'passed') summary.passed++
  else if (state === 'failed') summary.failed++
  else {
    summary.skipped++
    const missing = test.module.meta().missingPeers ?? []
    if (missing.length === 0) return
    summary.lackingPeers.push(`SKIPPED  ${test.module.relativeModuleId} > ${test.fullName} (missing: ${missing.join(', ')})`)
  }
}
