import type { connectZh } from "./zh-connect";

export const connectEn: typeof connectZh = {
  connect: {
    open: "Connect QGIS / GDAL",
    hint: "In QGIS choose Add Layer → WFS / OGC API – Features, make a connection with this address and basic authentication: the name and password you sign in with here.",
    address: "Address",
    command: "On a command line (GDAL)",
    draft: (id) => `The draft you are editing is the layer grids-draft-${id}. QGIS can edit it.`,
    noDraft:
      "An edition that is a draft is a layer of its own, grids-draft-number, which QGIS can edit. What is published can only be read.",
    copy: "Copy",
    copied: "Copied",
  },
};
