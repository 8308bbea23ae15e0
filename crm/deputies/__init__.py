"""工作代理 deputies: a person on leave hands their desk to a colleague of the same unit, from a day until a day."""
