using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "Root")]

// Roles change when nobody has a processor for them, and the machine is small.
[assembly: Parallelization(Mode = ParallelMode.None)]
