/* libpq, PostgreSQL's own client library: the only database driver here. */
#include <libpq-fe.h>
