"""What a module may touch outside of itself: WASI, and the interfaces to a board's hardware."""

from .table import Table as Table
from .table import asked as asked
from .table import denied as denied
