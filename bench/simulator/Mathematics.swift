import Foundation

func natural(_ x: Double) -> Double { log(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
