namespace Loxi.Bgp.Policy;

/// <summary>How MULTI_EXIT_DISC is changed.</summary>
public enum BgpMedMethod : byte
{
    /// <summary>It becomes the value.</summary>
    Set,

    /// <summary>The value is added, up to 4,294,967,295; no MED counts as 0.</summary>
    Add,

    /// <summary>The value is subtracted, down to 0; no MED counts as 0.</summary>
    Subtract,
}
