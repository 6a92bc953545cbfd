/** Words of the page on which a phone learns to trust the city's own certificate. */
export const trustZh = {
  trust: {
    title: "让这台设备信任网格哨",
    lead: "政务网没有公共证书。装一次本单位的根证书，之后就能安全登录、把页面装到桌面、没信号时也能用，并能使用定位和拍照。",
    system: { android: "安卓", harmony: "鸿蒙", ios: "苹果 iPhone / iPad", desktop: "电脑" },
    download: "下载根证书",
    steps: {
      android: [
        "点“下载根证书”，保存文件 gridwatch.crt。",
        "打开 设置 → 安全 → 更多安全设置 → 加密与凭据 → 安装证书 → CA 证书，选“仍然安装”，再选这个文件。",
        "系统会提示“网络可能会受到监控”，这是装任何根证书都有的提示。",
      ],
      harmony: [
        "点“下载根证书”，保存文件 gridwatch.crt。",
        "打开 设置 → 隐私和安全 → 高级 → 证书与凭据 → 从存储设备安装，选这个文件，用途选“CA 证书”。",
      ],
      ios: [
        "用 Safari 打开本页，点“下载根证书”，选“允许”。",
        "打开 设置 → 已下载描述文件 → 安装。",
        "再打开 设置 → 通用 → 关于本机 → 证书信任设置，打开这张证书的开关。少了这一步仍不受信任。",
      ],
      desktop: [
        "点“下载根证书”。",
        "Windows：双击文件 → 安装证书 → 本地计算机 → 受信任的根证书颁发机构。统信、麒麟：复制到 /usr/local/share/ca-certificates/ 后运行 update-ca-certificates；火狐在 设置 → 隐私与安全 → 查看证书 里导入。",
        "关掉浏览器再打开。",
      ],
    },
    compare: "安装前请核对",
    compareHint:
      "手机上显示的名称和 SHA-256 指纹必须与管理员给你的完全一致；不一致就不要安装，并告诉管理员。",
    name: "证书名称",
    fingerprint: "SHA-256 指纹",
    until: (day: string) => `有效期至 ${day}`,
    open: "装好了，打开登录页",
    openHint: "登录页不再提示“不安全”，就是装好了。",
    none: "这里不需要装证书",
    noneHint: "本服务没有使用单位自建的证书。",
  },
};
