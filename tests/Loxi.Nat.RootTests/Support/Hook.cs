namespace Loxi.Nat.RootTests.Support;

/// <summary>Where a program runs.</summary>
public enum Hook
{
    Tc,
    Xdp,
}
