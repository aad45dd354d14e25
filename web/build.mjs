// Builds the front end into the design room's static folder: four self-contained modules, each with
// its style sheet, and beside them what they were made of (manifest.json, licences.txt).
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const web = dirname(fileURLToPath(import.meta.url))
const target = resolve(web, '../src/gongzhi/service/design/static/design/built')
// Nobody who serves pages meanwhile shall see half a build.
const built = join(web, 'node_modules/.built')
const entries = {
  gongzhi: 'src/gongzhi.js',
  map: 'src/map.js',
  'map-worker': 'src/map-worker.js',
  chart: 'src/chart.js',
}

// Chromium 90 drops such declarations silently, so that what is seen would depend on the browser;
// dropping them here makes it the same for all. tokens.css supplies what is then missing.
const tooNew = /color-mix\(|light-dark\(|okl(?:ab|ch)\(|float:\s*inline-/
const dropWhatOldBrowsersCannotRead = {
  postcssPlugin: 'drop-too-new',
  Declaration(declaration) {
    if (tooNew.test(`${declaration.prop}: ${declaration.value}`)) declaration.remove()
  },
}

function configuration(name, entry) {
  return {
    root: web,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    css: {
      postcss: { plugins: [dropWhatOldBrowsersCannotRead] },
      preprocessorOptions: { scss: { quietDeps: true, loadPaths: [join(web, 'node_modules')] } },
    },
    build: {
      target: 'chrome90',
      cssTarget: 'chrome90',
      outDir: built,
      emptyOutDir: false,
      modulePreload: false,
      assetsInlineLimit: 8192,
      chunkSizeWarningLimit: 2000,
      rollupOptions: {
        input: join(web, entry),
        preserveEntrySignatures: 'strict',
        // The worker is run for what it does, not for what it exports.
        treeshake: name !== 'map-worker',
        output: {
          format: 'es',
          codeSplitting: false,
          entryFileNames: `${name}.js`,
          assetFileNames: `${name}[extname]`,
        },
      },
    },
  }
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** One hash over everything a package brought along. */
function contents(folder) {
  const digest = createHash('sha256')
  const walk = (inside) => {
    for (const item of readdirSync(join(folder, inside), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(inside, item.name)
      if (item.isDirectory()) {
        if (item.name !== 'node_modules') walk(path)
      } else digest.update(path).update(readFileSync(join(folder, path)))
    }
  }
  walk('')
  return digest.digest('hex')
}

/** The packages the browser receives: the dependencies of package.json and theirs, not the build tools. */
function shipped() {
  const { packages } = JSON.parse(readFileSync(join(web, 'package-lock.json'), 'utf8'))
  return Object.entries(packages)
    .filter(([path, entry]) => path && !entry.dev && !entry.optional && existsSync(join(web, path)))
    .map(([path, entry]) => {
      const folder = join(web, path)
      const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort()
      return {
        name: described.name,
        version: entry.version,
        licence: described.license ?? entry.license ?? 'unknown',
        sha256: contents(folder),
        integrity: entry.integrity,
        text: files.map((name) => join(folder, name)).filter((file) => !/licenses$/.test(file)),
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

rmSync(built, { recursive: true, force: true })
mkdirSync(built, { recursive: true })
for (const [name, entry] of Object.entries(entries)) await build(configuration(name, entry))

const packages = shipped()
const files = readdirSync(built).sort()
writeFileSync(
  join(built, 'licences.txt'),
  packages
    .map(({ name, version, licence, text }) =>
      [`${name} ${version} (${licence})`, ...text.map((file) => readFileSync(file, 'utf8').trim())].join('\n\n'),
    )
    .join(`\n\n${'-'.repeat(80)}\n\n`) + '\n',
)
writeFileSync(
  join(built, 'manifest.json'),
  JSON.stringify(
    {
      files: files.map((name) => ({ name, sha256: sha256(join(built, name)) })),
      packages: packages.map(({ text, ...described }) => described),
    },
    null,
    2,
  ) + '\n',
)
rmSync(target, { recursive: true, force: true })
mkdirSync(dirname(target), { recursive: true })
renameSync(built, target)
