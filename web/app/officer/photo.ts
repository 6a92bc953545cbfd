const longestSide = 1600;
const quality = 0.85;

/** The photo as a JPEG of at most 1600 pixels, turned upright; half a megabyte instead of eight. */
export async function shrink(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no 2d canvas");
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (photo) => (photo === null ? reject(new Error("no picture")) : resolve(photo)),
        "image/jpeg",
        quality,
      ),
    );
  } finally {
    image.close();
  }
}
