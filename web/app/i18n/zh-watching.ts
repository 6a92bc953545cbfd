/** Words of verdicts, of what dwells, of why not, and of a camera's condition. */
export const watchingZh = {
  side: { alerts: "告警", dwelling: "正在停留", whyNot: "为什么没有告警" },

  verdict: {
    true: "属实",
    false: "误报",
    duplicate: "重复",
    ask: "判定",
    by: (verdict: string, name: string, clock: string) => `${name} 于 ${clock} 判为${verdict}`,
    held: (verdict: string, seconds: number) => `判为${verdict}，${seconds} 秒后提交`,
    note: "备注（可选）",
    noteWaits: "备注随判定一起提交：请再点一次判定。",
    several: (n: number) => `${n} 项判定等待提交`,
    sending: "正在提交判定…",
    undo: "撤销",
    failed: "判定没有提交",
    reviewOnly: "仅复核",
    reviewOnlyHint: "这条规则在这个摄像机上的属实率低于下限：只供复核，不派给队员。",
    also: "其他摄像机也看到",
    alsoCleared: (clock: string) => `${clock} 已看到清空`,
  },

  dwelling: {
    hint: "围栏里正在停留、还没有告警或已经告警的目标；每两秒更新。",
    emptyTitle: "现在没有目标在停留",
    emptyHint: "车辆、人或物体一进入围栏并停下来，就会出现在这里，并显示离预警还有多久。",
    offline: "暂时取不到最新的停留情况，画面停在最后一次。",
    toRaise: (dwell: string, limit: string) => `已 ${dwell}，满 ${limit} 预警`,
    toEscalate: (dwell: string, limit: string) => `已 ${dwell}，满 ${limit} 升级`,
    past: (dwell: string) => `已 ${dwell}`,
    waitsFor: (gate: string) => `当前卡在：${gate}`,
    openAlert: (id: number) => `打开告警 #${id}`,
    whyNot: "查看原因",
    count: (n: number) => `${n} 个目标正在停留`,
  },
  phase: {
    candidate: "观察中",
    dwelling: "停留中",
    raised: "已预警",
    escalated: "已升级",
    clearing: "正在离开",
  } as Record<string, string>,

  whyNot: {
    title: "为什么没有告警",
    pick: "先选一个摄像机",
    pickHint: "在地图上点摄像机，或在这里搜索名称。",
    search: "搜索摄像机",
    noCamera: "没有这样的摄像机",
    other: "换一个",
    at: "截止时间",
    now: "刚才",
    earlier: "前一分钟",
    later: "后一分钟",
    refresh: "刷新",
    frames: (n: number) => `看了 ${n} 帧`,
    noFrames: "这一分钟没有任何画面",
    noFramesHint: "摄像机当时离线，或这段时间的观测记录已过保存期。",
    emptyTitle: "这一分钟没有候选目标",
    emptyHint: "画面正常，围栏附近没有需要判断的车辆、人或物体。换一个时间再看。",
    unfit: "画面不可用的时段",
    unfitHint: "这些画面既不预警，也不解除。",
    candidates: (n: number) => `${n} 个候选目标`,
    elsewhere: (n: number) => `另有 ${n} 个目标与围栏无关`,
    passed: (gate: string) => `通过：${gate}`,
    lasting: (from: string, until: string, n: number) => `${from} – ${until} · ${n} 帧`,
    once: (at: string) => `${at} · 一帧`,
    track: (n: number) => `目标 ${n}`,
    score: (percent: string) => `置信度 ${percent}`,
    sizePx: (w: number, h: number) => `${w}×${h} 像素`,
    sizeM: (m: string) => `约 ${m} 米`,
    inside: "在围栏内",
    outside: "在围栏外",
    closed: "不在时段内",
    cutOff: (at: string) => `内容较多，先列到 ${at}。`,
    more: "更多",
    still: "摄像机当前画面；方框是目标当时的位置",
    noStill: "没有当前画面；方框是目标当时在画面中的位置",
    boxOf: (what: string) => `${what}的位置`,
  },

  /** Every gate of the kernel: its name, and what is said of a candidate that it stopped. */
  gate: {
    late: { name: "帧的先后", stopped: (v: string) => `这一帧比已处理的晚到了 ${v}，没有使用。` },
    clock: { name: "摄像机时钟", stopped: (v: string) => `摄像机时钟被拨回 ${v}，从新时间继续。` },
    unfit: { name: "画面质量", stopped: "画面不可用，这一帧既不预警也不解除。" },
    ground: { name: "标定", stopped: "围栏画在地图上，而这个画面没有标定，无法使用。" },
    rule: { name: "规则", stopped: "围栏所写的规则不存在。" },
    thresholds: { name: "阈值", stopped: "围栏有一项阈值不认识或超出范围，已忽略该项。" },
    sane: { name: "数据合理", stopped: "目标的数值不合理，没有使用。" },
    class: { name: "类别", stopped: "这类目标不是这条规则要看的。" },
    score: { name: "置信度", stopped: (v: string, l: string) => `置信度 ${v}，低于下限 ${l}。` },
    size: { name: "大小", stopped: (v: string, l: string) => `大小 ${v}，小于下限 ${l}。` },
    outside: { name: "围栏内", stopped: "目标在围栏外。" },
    moving: { name: "停下", stopped: "目标还在移动，没有停下。" },
    carried: { name: "放下", stopped: "物品拿在人手里，没有放下。" },
    duplicate: { name: "同一目标", stopped: "同一帧里重复识别的同一目标，只计一次。" },
    full: { name: "跟踪上限", stopped: "这个摄像机同时跟踪的目标已满。" },
    enter: { name: "进入确认", stopped: (v: string, l: string) => `才停 ${v}，要停满 ${l} 才算进入。` },
    share: {
      name: "出现率",
      stopped: (v: string, l: string) => `只在 ${v} 的画面里看到它，至少要 ${l} 才算停留。`,
    },
    gap: { name: "连续看到", stopped: (v: string, l: string) => `已有 ${v} 没有看到它，超过容忍的 ${l}。` },
    leave: { name: "离开确认", stopped: (v: string, l: string) => `已离开 ${v}，要满 ${l} 才算清空。` },
    hidden: {
      name: "遮挡",
      stopped: (v: string, l: string) => `这个位置被挡住 ${v}，${l} 以内仍算还在。`,
    },
    dwell: { name: "停留时长", stopped: (v: string, l: string) => `停留 ${v}，未到预警时限 ${l}。` },
    hours: { name: "生效时段", stopped: "现在不在围栏的生效时段内。" },
    permit: { name: "许可", stopped: "此处此时有许可，允许停留。" },
    licence: { name: "许可持有", stopped: "附近没有写明这条规则的许可，不算疏导点摊位。" },
    people: { name: "人数", stopped: (v: string, l: string) => `货物旁停留 ${v}，至少要 ${l}。` },
    goods: { name: "货物", stopped: (v: string, l: string) => `货物证据 ${v}，至少要 ${l}。` },
    attended: {
      name: "无人看管",
      stopped: (v: string, l: string) => `旁边无人才 ${v}，要满 ${l} 才算遗弃。`,
    },
    place: { name: "场所类型", stopped: "这条规则不用于这里的场所类型。" },
    count: { name: "数量", stopped: (v: string, l: string) => `同时有 ${v}，至少要 ${l}。` },
    heading: { name: "方向", stopped: "方向正常，或还看不出往哪边走。" },
    company: { name: "无人陪同", stopped: "旁边有人。" },
    second_look: { name: "二次查看", stopped: "二次查看没有同意这是一起事项。" },
    city: { name: "围栏变更", stopped: "围栏或规则被修改或删除，停留到此结束。" },
    escalate: { name: "升级时限", stopped: (v: string, l: string) => `停留 ${v}，未到升级时限 ${l}。` },
    mute: { name: "静默", stopped: "不再提醒。" },
  } as Record<string, GateWords>,
  /** Why people are not told (any more), with the verdicts that decided where there are some. */
  mute: {
    review_only: (right: number, judged: number) =>
      judged === 0
        ? "规则在这个摄像机上仅供复核：只在中心显示，不派给队员。"
        : `规则在这个摄像机上仅供复核：最近 ${judged} 次判定里 ${right} 次属实，只在中心显示，不派给队员。`,
    acknowledged: () => "已有人签收，不再提醒别人。",
    arrived: () => "已有人到场，不再提醒别人。",
    handled: () => "已有人处置，不再提醒别人。",
  } as Record<string, (right: number, judged: number) => string>,
  gateOther: (gate: string) => `被「${gate}」拦下。`,
  gateFigures: { value: (v: string) => `实测 ${v}`, limit: (l: string) => `限值 ${l}` },

  /** What the kernel adds to a gate. */
  gateNote: {
    "nobody looked": "期间没有可用画面",
    "not a stay": "不算停留",
    "there is no such rule": "没有这条规则",
    "a fence on the map needs a calibrated view": "地图上的围栏需要已标定的画面",
  } as Record<string, string>,

  /** What the kernel says of permits, part by part. */
  permitSaid: [
    ["none here", "此处没有许可"],
    [": in force", "：有效"],
    [": outside its hours", "：不在时段内"],
    [": outside its dates", "：不在日期内"],
    [" (asked at the camera's position)", "（按摄像机位置核对）"],
  ] as [string, string][],

  /** Why a frame could not be used, and what is wrong with a camera's picture. */
  unfit: {
    dark: "太暗",
    overexposed: "过曝",
    blurred: "模糊",
    covered: "镜头被遮挡",
    frozen: "画面冻结",
    moved: "镜头被移动",
    rain: "雨",
    snow: "雪",
    off_view: "偏离预置位",
    empty: "没有画面",
    detector: "识别器出错",
    offline: "离线",
  } as Record<string, string>,

  /** A camera in trouble, as an alert. */
  device: {
    trouble: {
      offline: "摄像机离线",
      moved: "镜头被移动",
      off_view: "偏离预置位",
      covered: "镜头被遮挡",
      frozen: "画面冻结",
      dark: "画面太暗",
      overexposed: "画面过曝",
      blurred: "画面模糊",
      empty: "没有画面",
    } as Record<string, string>,
    blind: (camera: string, trouble: string, lasting: string, grid: string) =>
      `「${camera}」${trouble}，已 ${lasting}${grid === "" ? "" : `，「${grid}」这里没有画面可看`}。`,
    paused: (camera: string, trouble: string, lasting: string, grid: string) =>
      `「${camera}」${trouble}，已 ${lasting}${grid === "" ? "" : `，「${grid}」这里的规则暂停`}，恢复之前不预警也不解除。`,
    trigger: "设备自检，不经规则判断；恢复后自动解除。",
    position: "摄像机的位置",
  },

  condition: {
    title: (what: string) => `${what}，规则暂停`,
    since: (ago: string) => `${ago}起`,
    reference: "正常时",
    current: "现在",
    noPicture: "没有画面",
    listTitle: (n: number) => `${n} 个摄像机有问题`,
    lost: (grid: string) => `「${grid}」失去画面`,
    show: "在地图上看",
  },
  takeView: {
    take: "以当前画面为准",
    taking: "正在采用…",
    means: "今后就拿这张画面判断镜头有没有被移动。画在画面上的围栏和遮挡不会跟着移动，请核对。",
    dropped: "标定是在原来的角度量的，会被清除：地图围栏在这个画面里暂停，直到重新标定。",
    kept: "标定会保留。如果镜头其实转过，目标会落在错误的位置。",
    keep: "标定仍然准确，保留标定",
    next: "摄像机再看到这张画面后（通常几秒），规则自动恢复。",
    taken: "已采用，等摄像机再看到这张画面，规则就恢复。",
    matchAgain: "标定已清除，请管理员在摄像机设置里重新标定。",
    several: "这个摄像机有几个预置位，请管理员在摄像机设置里选定是哪一个，再以当前画面为准。",
  },

  unit: {
    people: (n: string) => `${n} 人`,
    times: (n: string) => `${n} 倍框边`,
    sigma: (n: string) => `${n} 倍标准差`,
    weight: (n: string) => `${n} 分`,
    things: (n: string) => `${n} 个`,
    degrees: (n: string) => `${n} 度`,
  },
};

/** A sentence of a gate has the value and the limit as blanks, where the gate has such. */
export interface GateWords {
  name: string;
  stopped: string | ((value: string, limit: string) => string);
}
