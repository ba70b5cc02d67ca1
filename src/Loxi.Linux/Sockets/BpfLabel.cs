namespace Loxi.Linux.Sockets;

/// <summary>A place in a program that <see cref="BpfProgramBuilder"/> makes; it belongs to that builder.</summary>
public readonly record struct BpfLabel
{
    internal BpfLabel(int number) => Number = number;

    internal int Number { get; }
}
