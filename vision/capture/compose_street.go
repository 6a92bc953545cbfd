package capture

// streetScene has everything at once: a vehicle parked in the lane, a stall, and a heap that is tipped and cleared.
func streetScene(s *Studio) (play, error) {
	vending, debris := vendingPlay(s.hand), debrisPlay(s.hand)
	return func(t float64) []prop { return append(vending(t), debris(t)...) }, nil
}
