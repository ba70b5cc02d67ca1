namespace Loxi.Bgp.Rib;

/// <summary>A value of a <see cref="Slab{T}"/> that can hold the index of the next free one.</summary>
internal interface ISlabItem
{
    int NextFree { get; set; }
}
