using System.Numerics;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>Arithmetic on the values that the CPUs have for one key.</summary>
public static class PerCpuValues
{
    /// <summary>Adds up the values of one key, wrapping on overflow.</summary>
    /// <typeparam name="T">Number type.</typeparam>
    /// <param name="values">One value per CPU.</param>
    public static T Sum<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumberBase<T>
    {
        T sum = T.Zero;
        foreach (T value in values)
        {
            sum += value;
        }

        return sum;
    }
}
