import './node-version.mjs'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as ast from 'typescript/unstable/ast'
import { API, NodeBuilderFlags } from 'typescript/unstable/sync'
import { root } from './toolchain.mjs'

/** The reference of the library: the one page of docs/ that nobody writes. */
export const API_PAGE = join(root, 'docs', 'api', 'README.md')

/**
 * The reference of what `src/index.ts` exports, from the comments in the sources.
 * @returns {{ text: string, undocumented: string[] }} the page, and the exports and class members that have no comment
 */
export function renderApi() {
  const api = new API({ cwd: root })
  try {
    const config = join(root, 'tsconfig.build.json').split(sep).join('/')
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (!project) throw new Error(`${config} is no project`)
    return render(project)
  } finally {
    api.close()
  }
}

/** @typedef {import('typescript/unstable/sync').Project} Project */
/** @typedef {import('typescript/unstable/sync').Symbol} ApiSymbol */
/** @typedef {{ project: Project, undocumented: string[] }} Context */
/** @typedef {{ name: string, symbol: ApiSymbol, node: ast.Node }} Entry */
/** @typedef {ast.Node & { readonly name?: ast.Node | undefined, readonly body?: ast.Node | undefined }} Member */

const INTRODUCTION = `# The library, in detail

Everything that \`import … from 'atalaya'\` offers. [docs/library.md](../library.md) shows it by example. This page is written by
\`npm run docs\` from the comments in the sources. An error's \`code\` is explained in [docs/errors.md](../errors.md).
`

/** @type {readonly [string, (node: ast.Node) => boolean][]} */
const SECTIONS = [
  ['Functions', ast.isFunctionDeclaration],
  ['Classes', ast.isClassDeclaration],
  ['Interfaces', ast.isInterfaceDeclaration],
  ['Types', ast.isTypeAliasDeclaration],
  ['Values', ast.isVariableDeclaration],
]

/** @param {Project} project */
function render(project) {
  /** @type {Context} */
  const context = { project, undocumented: [] }
  const entries = exportsOf(project)
  const sections = SECTIONS.map(([title, belongs]) => {
    const members = entries.filter(({ node }) => belongs(node))
    return [`## ${title}`, ...members.map((entry) => renderEntry(entry, context))].join('\n\n')
  })
  return { text: `${INTRODUCTION}\n${sections.join('\n\n')}\n`, undocumented: context.undocumented }
}

/**
 * @param {Project} project
 * @returns {Entry[]} by name
 */
function exportsOf(project) {
  const { program, checker } = project
  const index = program.getSourceFile(join(root, 'src', 'index.ts'))
  const module = index && checker.getSymbolAtLocation(index)
  if (!module) throw new Error('src/index.ts is not part of the project')
  return checker
    .getExportsOfModule(module)
    .map((exported) => {
      const symbol = checker.getAliasedSymbol(exported)
      const node = symbol.declarations[0]?.resolve(project)
      if (!node) throw new Error(`${exported.name} is declared nowhere`)
      return { name: exported.name, symbol, node }
    })
    .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
}

/**
 * @param {Entry} entry
 * @param {Context} context
 */
function renderEntry(entry, context) {
  const { name, node } = entry
  const blocks = [`### ${name}`]
  if (ast.isFunctionDeclaration(node)) blocks.push(code(head(node)))
  if (ast.isVariableDeclaration(node)) blocks.push(code(`const ${name}: ${node.type?.getText()}`))
  if (ast.isTypeAliasDeclaration(node)) blocks.push(code(writeOut(entry, context)))
  if (ast.isClassDeclaration(node) || ast.isInterfaceDeclaration(node)) blocks.push(heritage(node))
  blocks.push(...comment(entry, context))
  if (ast.isClassDeclaration(node)) {
    for (const member of node.members) if (isPublic(member)) blocks.push(...renderMember(name, member, context))
  }
  if (ast.isInterfaceDeclaration(node)) blocks.push(node.members.map((member) => property(member, context)).join('\n'))
  return blocks.filter(Boolean).join('\n\n')
}

/**
 * A declaration without its body and without the words that mean nothing to a caller.
 * @param {ast.Node & { body?: ast.Node | undefined }} node
 */
function head(node) {
  const text = node.getText()
  const declared = node.body ? text.slice(0, text.lastIndexOf(node.body.getText())) : text
  return declared.replace(/^(export |async |override |static |function |get )+/, '').trim()
}

/**
 * @param {ast.ClassDeclaration | ast.InterfaceDeclaration} node
 * @returns {string}
 */
function heritage({ heritageClauses }) {
  const text = (heritageClauses ?? []).map((clause) => clause.getText()).join(' ')
  return text && `\`${text}\``
}

/**
 * A type's own text; one that is computed from others is written out, a key a line.
 * @param {Entry} entry
 * @param {Context} context
 */
function writeOut({ name, symbol, node }, { project: { checker } }) {
  const text = node.getText().replace(/^export /, '')
  const type = checker.getDeclaredTypeOfSymbol(symbol)
  if (text.includes('(typeof ')) {
    return `type ${name} = ${checker.typeToString(type, undefined, NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias)}`
  }
  if (!text.includes('z.output')) return text
  const keys = checker.getPropertiesOfType(type).map((key) => {
    const keyType = checker.getTypeOfSymbol(key)
    const written = keyType ? checker.typeToString(keyType, undefined, NodeBuilderFlags.NoTruncation) : 'unknown'
    const short = written.replace(/\{ url\?: .*\}>$/, 'CameraObject>').replaceAll(' | undefined', '')
    return `  ${key.name}${written.endsWith(' | undefined') ? '?' : ''}: ${short}`
  })
  return `type ${name} = {\n${keys.join('\n')}\n}`
}

/**
 * @param {Member} member
 * @returns {boolean}
 */
function isPublic(member) {
  const name = member.name?.getText() ?? '#'
  return !/^(private|protected) /.test(member.getText()) && !/^[#_]/.test(name) && !isInternal(member)
}

/**
 * @param {ast.Node} node
 * @returns {boolean}
 */
function isInternal({ jsDoc }) {
  return (jsDoc ?? []).some((block) => block.getText().includes('@internal'))
}

/**
 * @param {string} owner
 * @param {Member} member
 * @param {Context} context
 * @returns {string[]}
 */
function renderMember(owner, member, context) {
  const symbol = member.name && context.project.checker.getSymbolAtLocation(member.name)
  if (!symbol) return []
  const name = member.name?.getText() ?? ''
  const path = `${owner}${name.startsWith('[') ? '' : '.'}${name}`
  const text = ast.isGetAccessorDeclaration(member) ? `readonly ${head(member).replace('()', '')}` : head(member)
  const title = ast.isMethodDeclaration(member) ? `${path}()` : path
  return [`#### ${title}`, code(text), ...comment({ name: path, symbol, node: member }, context)]
}

/**
 * @param {Member} member
 * @param {Context} context
 */
function property(member, { project: { checker } }) {
  const symbol = member.name && checker.getSymbolAtLocation(member.name)
  const text = symbol ? checker.getDocumentationCommentOfSymbol(symbol).replaceAll('\n', ' ') : ''
  const written = member
    .getText()
    .replace(/^readonly /, '')
    .replace(/ \| undefined$/, '')
  return `- \`${written}\`${text && `: ${text}`}`
}

/**
 * @param {Entry} entry
 * @param {Context} context
 * @returns {string[]}
 */
function comment({ name, symbol }, { project: { checker }, undocumented }) {
  const text = checker.getDocumentationCommentOfSymbol(symbol)
  if (text === '') undocumented.push(name)
  const failures = checker.getJsDocTagsOfSymbol(symbol).filter((tag) => tag.name === 'throws')
  return [text, ...failures.map(({ text: words = '' }) => `Throws ${words.replace(/^\{(\w+)\}/, '`$1`:')}`)]
}

/** @param {string} text */
function code(text) {
  return `\`\`\`ts\n${text}\n\`\`\``
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  mkdirSync(dirname(API_PAGE), { recursive: true })
  writeFileSync(API_PAGE, renderApi().text)
}
