/** Words of the note that says how other people's tools reach the city. */
export const connectZh = {
  connect: {
    open: "连接 QGIS / GDAL",
    hint: "在 QGIS 里选“添加图层 → WFS / OGC API – Features”，新建连接，填这个地址，认证选“基本”，用你登录这里的用户名和口令。",
    address: "服务地址",
    command: "命令行（GDAL）",
    draft: (id: number) => `正在编辑的草稿是图层 grids-draft-${id}，可以在 QGIS 里直接改。`,
    noDraft: "网格版次在草稿状态时会多出图层 grids-draft-编号，可以在 QGIS 里直接改；已发布的只能读。",
    copy: "复制",
    copied: "已复制",
  },
};
