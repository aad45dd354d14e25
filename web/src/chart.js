// Draws bar, line and pie charts with ECharts, as SVG, in the colours of the tokens.
import './parts/older.js'
import { BarChart, LineChart, PieChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([
  AriaComponent,
  BarChart,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  PieChart,
  SVGRenderer,
  TooltipComponent,
])

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
const font = () => getComputedStyle(document.body).fontFamily
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow']

const colourOf = (one, index) => token(`series-${((one.series ?? index + 1) - 1) % 7 + 1}`)

function axes({ categories, unit, horizontal }) {
  const words = { color: token('ink-soft'), fontSize: 13, fontFamily: font() }
  const line = { lineStyle: { color: token('line') } }
  const names = { type: 'category', data: categories, axisLabel: words, axisLine: line, axisTick: { show: false } }
  const values = {
    type: 'value',
    name: unit,
    nameTextStyle: words,
    axisLabel: words,
    splitLine: line,
    minInterval: unit === '%' ? undefined : 1,
  }
  if (horizontal) return { xAxis: values, yAxis: { ...names, inverse: true } }
  return { xAxis: names, yAxis: values }
}

function drawnSeries({ kind, series, stacked, target }) {
  return series.map((one, index) => ({
    type: kind,
    name: one.name,
    data: one.values,
    stack: stacked ? 'all' : undefined,
    color: colourOf(one, index),
    symbol: symbols[index % symbols.length],
    symbolSize: 7,
    barMaxWidth: 32,
    connectNulls: false,
    markLine:
      target != null && index === 0
        ? { symbol: 'none', silent: true, lineStyle: { color: token('ink') }, data: [{ yAxis: target }] }
        : undefined,
  }))
}

function pieSeries({ categories, series }) {
  const values = series[0]?.values ?? []
  return [
    {
      type: 'pie',
      radius: ['45%', '75%'],
      name: series[0]?.name,
      label: { color: token('ink'), fontFamily: font(), fontSize: 13 },
      itemStyle: { borderColor: token('card'), borderWidth: 2 },
      data: values.map((value, index) => ({
        value,
        name: categories[index],
        itemStyle: { color: token(`series-${(index % 7) + 1}`) },
      })),
    },
  ]
}

function options(content) {
  const { kind = 'bar', series = [], description } = content
  const legend = { show: series.length > 1, top: 0, left: 0, itemGap: 24, textStyle: { color: token('ink'), fontFamily: font(), fontSize: 13 } }
  return {
    animation: !still(),
    textStyle: { fontFamily: font() },
    aria: { enabled: true, label: { description }, decal: { show: kind !== 'line' && series.length > 1 } },
    legend,
    tooltip: { trigger: kind === 'pie' ? 'item' : 'axis', confine: true, renderMode: 'richText' },
    grid: { left: 8, right: 16, top: (series.length > 1 ? 32 : 8) + (content.unit ? 28 : 12), bottom: 8, containLabel: true },
    ...(kind === 'pie' ? { series: pieSeries(content) } : { ...axes(content), series: drawnSeries(content) }),
  }
}

export function draw(canvas, content) {
  const chart = init(canvas, null, { renderer: 'svg' })
  chart.setOption(options(content))
  canvas.setAttribute('role', 'img')
  const watcher = new ResizeObserver(() => chart.resize())
  watcher.observe(canvas)
  return {
    remove() {
      watcher.disconnect()
      chart.dispose()
    },
  }
}
