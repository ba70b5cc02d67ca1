namespace Loxi.Nat.RootTests.Support;

/// <summary>What a program wants to be done with a packet, the same for both hooks.</summary>
internal enum Verdict
{
    Pass,
    PassRewritten,
    Drop,
    Sent,
}
