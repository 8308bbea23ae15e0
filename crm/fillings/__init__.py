"""按表填报 fillings: any empty table an authority sends, its columns mapped once, filled from the board under one's own rights."""
