namespace Loxi.Bgp.Wire;

/// <summary>What a reader of a stream has found.</summary>
internal enum ParseStatus : byte
{
    Done,
    NeedMore,
    Invalid,
}
