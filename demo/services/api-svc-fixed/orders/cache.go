package orders

// Cache keeps the last orders, and no more of them than bound.
type Cache struct {
	byID  map[int][]byte
	bound int
}

func NewCache() *Cache {
	return &Cache{byID: map[int][]byte{}, bound: 500}
}

// Put keeps an order, and lets go of the one that is bound orders older.
func (c *Cache) Put(id int, order []byte) {
	c.byID[id] = order
	delete(c.byID, id-c.bound)
}
