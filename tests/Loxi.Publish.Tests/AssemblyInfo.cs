using Xunit.Sdk;
using Xunit.v3;

// Two compilations at once take longer on two cores than one after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
