package vision

import "slices"

// lookForStalls finds people who stay together with goods. The spot is that of the goods; all goods near it are one
// stall, and it is seen while enough people stay near it and its goods were found not long ago. People who pass never
// count, however many: only a track that was followed for long enough and hardly moved is a staying person.
func (k *step) lookForStalls(f fence) (open []int, seen []presence) {
	open = k.openIn(f)
	seen = make([]presence, len(open))
	people := k.stayingPeople(f)
	held := k.peopleWhereSomeStood(f)
	goods := k.findGoods(f, len(open) > 0)
	for _, g := range goods {
		at := k.nearestStall(f, open, g.spot)
		if at < 0 {
			index, ok := k.beginStall(f, g, people)
			if !ok {
				continue
			}
			at, open, seen = len(open), append(open, index), append(seen, presence{})
		}
		occ := &k.Occupancies[open[at]]
		if !seen[at].goods || g.obj.Score > occ.Score {
			occ.Score = g.obj.Score
		}
		seen[at].goods = true
		class, _ := f.rule.goods(g.obj)
		occ.showGoods(class, k.o)
		k.cameSooner(occ, k.stallSince(g, f.th, people))
		switch {
		case occ.ViewID != k.o.ViewID: // Matched on the ground from another pose.
			occ.ViewID, occ.Spot, occ.Box = k.o.ViewID, g.spot, g.obj.Box
		case occ.Class == g.obj.Class && occ.Box.shared(g.obj.Box) > 0:
			occ.Box = g.obj.Box
			if g.obj.Class == ClassChange { // It grows where it lies; it does not jitter.
				occ.Spot = g.spot
			}
		}
	}
	for i, index := range open {
		occ := &k.Occupancies[index]
		seen[i].seen = k.isTended(occ, f, append(held, people...))
		seen[i].memory = seen[i].seen && !seen[i].goods
		if !seen[i].seen {
			seen[i].hidden = k.isHidden(occ, f)
		}
	}
	return open, seen
}

// stayingPeople are the people of this frame who hardly move, wherever they are: a vendor may stand outside the fence in
// which the goods lie.
func (k *step) stayingPeople(f fence) []Object {
	var people []Object
	for _, obj := range k.objects {
		if k.isPerson(obj, f) && k.paceOf(obj) == paceStays {
			people = append(people, obj)
		}
	}
	return people
}

// peopleWhereSomeStood are those of whom it is not known whether they stay, because their id is new or has just been another
// one's, where somebody stayed not long ago. They are taken for that one: they keep a stall, but begin none.
func (k *step) peopleWhereSomeStood(f fence) []Object {
	var people []Object
	for _, obj := range k.objects {
		if k.isPerson(obj, f) && k.paceOf(obj) == paceUnknown && k.stoodAt(spotOf(obj), f, []string{ClassPerson}) != nil {
			people = append(people, obj)
		}
	}
	return people
}

// isPerson reports whether an object is a person whom the fence's rule can use.
func (k *step) isPerson(obj Object, f fence) bool {
	return obj.Class == ClassPerson && obj.Score >= f.th.MinScore && obj.Box.H >= f.th.MinHeight
}

// findGoods are the goods in the fence, the heaviest first. What people carry or ride is not goods.
func (k *step) findGoods(f fence, anyOpen bool) []find {
	var finds []find
	for _, obj := range k.objects {
		weight := f.rule.weight(obj)
		if weight == 0 {
			continue
		}
		spot := spotOf(obj)
		inside := f.contains(spot)
		switch {
		case !inside && (!anyOpen || f.leaves(spot)):
			k.stopObject(f, obj, GateOutside, 0, 0)
		case !k.usable(f, obj):
		case k.paceOf(obj) == paceMoves:
			k.stopObject(f, obj, GateMoving, 0, 0)
		case weight < f.th.MinGoods && k.isCarried(obj):
			k.stopObject(f, obj, GateCarried, 0, 0)
		case obj.Class == ClassChange && k.isVehicle(obj, f.th):
			k.stopObject(f, obj, GateClass, 0, 0)
		default:
			finds = append(finds, find{obj: obj, spot: spot, begins: inside})
		}
	}
	slices.SortStableFunc(finds, func(a, b find) int {
		wa, wb := f.rule.weight(a.obj), f.rule.weight(b.obj)
		switch {
		case wa > wb:
			return -1
		case wa < wb:
			return 1
		}
		return 0
	})
	return finds
}

// isCarried reports whether weak goods are mostly inside a person's box.
func (k *step) isCarried(goods Object) bool {
	return slices.ContainsFunc(k.objects, func(obj Object) bool {
		return obj.Class == ClassPerson && goods.Box.covered(obj.Box) >= 0.5
	})
}

// isVehicle reports whether a change is only the place of a vehicle.
func (k *step) isVehicle(change Object, th Thresholds) bool {
	return slices.ContainsFunc(k.objects, func(obj Object) bool {
		return obj.Class == ClassVehicle && obj.Score >= th.MinScore && change.Box.covered(obj.Box) >= 0.5
	})
}

// nearestStall is the position in open of the stall that goods at spot belong to; -1 when there is none.
func (k *step) nearestStall(f fence, open []int, spot Spot) int {
	best, least := -1, 0.0
	for at, index := range open {
		occ := &k.Occupancies[index]
		if occ.ViewID != k.o.ViewID && !(occ.Spot.Grounded && spot.Grounded) {
			continue
		}
		if !near(occ.Spot, spot, f.th.NearM, f.th.NearSize*max(occ.Spot.Box.size(), spot.Box.size())) {
			continue
		}
		if apart := occ.Spot.apart(spot, f.th); best < 0 || apart < least {
			best, least = at, apart
		}
	}
	return best
}

// beginStall adds a candidate where goods lie and enough people stay.
func (k *step) beginStall(f fence, g find, people []Object) (int, bool) {
	if !g.begins {
		k.stopObject(f, g.obj, GateOutside, 0, 0)
		return 0, false
	}
	if with := float64(len(peopleNear(g.spot, f.th, people))); with < f.th.MinPeople {
		k.stopObject(f, g.obj, GatePeople, with, f.th.MinPeople)
		return 0, false
	}
	return k.begin(f, g, k.stallSince(g, f.th, people))
}

// showGoods notes that a class of goods was found at the stall.
func (occ *Occupancy) showGoods(class string, o Observation) {
	i := slices.IndexFunc(occ.Goods, func(g Goods) bool { return g.Class == class })
	if i < 0 {
		occ.Goods = append(occ.Goods, Goods{Class: class})
		i = len(occ.Goods) - 1
	}
	occ.Goods[i].At = o.At
}

// isTended reports whether the stall has goods and people now, and notes them.
func (k *step) isTended(occ *Occupancy, f fence, people []Object) bool {
	occ.Goods = slices.DeleteFunc(occ.Goods, func(g Goods) bool { return k.o.At.Sub(g.At).Seconds() > f.th.GoodsS })
	weight := 0.0
	for _, g := range occ.Goods {
		weight += f.rule.Goods[g.Class]
	}
	with := peopleNear(occ.Spot, f.th, people)
	if n := float64(len(with)); n < f.th.MinPeople {
		k.stopped(occ, GatePeople, n, f.th.MinPeople, "")
		return false
	}
	if weight < f.th.MinGoods {
		k.stopped(occ, GateGoods, weight, f.th.MinGoods, "")
		return false
	}
	occ.People = len(with)
	for _, person := range with {
		occ.tracked([]int64{person.Track})
	}
	return true
}

// peopleNear are the people who are with goods at spot.
func peopleNear(spot Spot, th Thresholds, people []Object) []Object {
	var with []Object
	for _, p := range people {
		if near(spotOf(p), spot, th.NearM, th.NearSize*p.Box.size()) {
			with = append(with, p)
		}
	}
	return with
}
