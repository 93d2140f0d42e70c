/** The texts of images, figures, files, shares and heat, which load with them. */
import { bytes, counted, number, percent } from "../format";

export const partTexts = {
  noImage: "No image yet",
  noFigure: "No figure yet",
  noFile: "Nothing to download yet",
  noSlices: "No shares yet",
  noRows: "No rows yet",
  imageGone: "The image cannot be loaded any more. The next one will be.",
  figureGone: "The figure cannot be loaded any more. The next one will be.",
  figureFailed: (why: string) => `Plotly could not draw this figure: ${why}`,
  figureStrange: (types: string) => `This page draws no ${types}: maps, 3D and WebGL need another program. Its data is in the file.`,
  frame: (title: string) => `${title}, a figure`,
  trace: "Trace",
  traceOf: (number: number) => `trace ${number}`,
  download: (name: string) => `Download ${name}`,
  sizeOf: (size: number) => bytes(size),
  name: "Name",
  value: "Value",
  share: "Share",
  others: (count: number) => `${counted(count, "other")}`,
  shareOf: (share: number) => percent(share, 1),
  pieSentence: (title: string, shares: string) => `${title}: ${shares || "no shares yet"}`,
  heatSentence: (title: string, rows: number, columns: number, from: string, to: string) =>
    `${title}: ${counted(rows, "row")} of ${counted(columns, "column")}${rows > 0 ? `, from ${from} to ${to}` : ""}`,
  row: "Row",
  column: (index: number) => number(index + 1),
  rows: "rows",
  unknown: "not known",
};
