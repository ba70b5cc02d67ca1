using Xunit;

namespace Loxi.Nat.RootTests.Support;

/// <summary>Every hook with every family.</summary>
public sealed class Cases : TheoryData<Hook, int>
{
    public Cases()
    {
        foreach (var hook in (Hook[])[Hook.Tc, Hook.Xdp])
        {
            Add(hook, 4);
            Add(hook, 6);
        }
    }
}
