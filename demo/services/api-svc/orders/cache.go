package orders

// Cache should have a bound, and has none.
type Cache struct {
	byID map[int][]byte
}

func NewCache() *Cache {
	return &Cache{byID: map[int][]byte{}}
}

// Put keeps an order for ever: nothing ever takes one out.
func (c *Cache) Put(id int, order []byte) {
	c.byID[id] = order
}
