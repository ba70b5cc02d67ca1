namespace Loxi.Ebpf.Native.Links;

/// <summary>Place among the TCX programs of an interface.</summary>
public enum TcxPosition
{
    /// <summary>After all others.</summary>
    Last,

    /// <summary>Before all others.</summary>
    First,
}
