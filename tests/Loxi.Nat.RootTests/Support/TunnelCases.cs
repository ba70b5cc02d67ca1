using Xunit;

namespace Loxi.Nat.RootTests.Support;

/// <summary>Every hook with every family of the packet and of the header around it.</summary>
public sealed class TunnelCases : TheoryData<Hook, int, int>
{
    public TunnelCases()
    {
        foreach (var hook in (Hook[])[Hook.Tc, Hook.Xdp])
        {
            foreach (var inner in (int[])[4, 6])
            {
                Add(hook, inner, 4);
                Add(hook, inner, 6);
            }
        }
    }
}
