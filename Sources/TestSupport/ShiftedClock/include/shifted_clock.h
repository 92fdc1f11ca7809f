/* Loaded with LD_PRELOAD: moves the wall clock of a program by the seconds in the file named by SHIFTED_CLOCK (an int64, which
   may change at any time). Clocks that cannot jump stay as they are. */
